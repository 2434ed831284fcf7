import { randomUUID } from "node:crypto";
import { HttpError, required, type Routes } from "../http";
import { log } from "../log";
import { paymentMetrics } from "../metrics";

export function payment(): Routes {
  const { payments } = paymentMetrics();
  return {
    // A card that ends in 0000 is declined.
    "POST /api/payments": async ({ body }) => {
      const [userId, card] = ["userId", "card"].map((field) => required(body, field));
      if (card.endsWith("0000")) {
        payments.inc({ outcome: "declined" });
        log("ERROR", "Payment failed");
        throw new HttpError(402, `Card of ${userId} declined`);
      }
      payments.inc({ outcome: "approved" });
      log("INFO", `Payment of ${userId} approved`);
      return { status: 201, body: { paymentId: randomUUID() } };
    },
  };
}
