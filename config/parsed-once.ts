/** A preview parses its settings once, so that compiling the schema would cost more than it saves. Comes before the schema. */
import { z } from "zod";

z.config({ jitless: true });
