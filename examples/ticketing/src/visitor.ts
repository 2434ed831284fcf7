import { setTimeout as sleep } from "node:timers/promises";

/** What was really sent, and what came back. */
export interface Report {
  url: string;
  /** ISO 8601. */
  started: string;
  visits: number;
  /** Ids of all users that signed up. */
  users: string[];
  /** `POST /api/users` -> status -> how many; status `none` where no answer came. */
  requests: Record<string, Record<string, number>>;
}

const POLL_MS = 250;
const PATIENCE_MS = 30_000;

/** One user: signs up, logs in, joins the queue, waits, buys a ticket and pays. */
export class Visitor {
  private account?: Promise<Record<string, unknown>>;

  constructor(
    private readonly url: string,
    private readonly index: number,
    private readonly firstSeat: number,
    private readonly report: Report,
    /** Whether some visits go wrong on purpose. */
    private readonly mistakes: boolean,
  ) {}

  /**
   * Some visits go wrong on purpose, always the same ones: a wrong key, a sold seat, a declined card, an unknown
   * seat, a board without a title.
   */
  async visit(number: number): Promise<void> {
    this.report.visits++;
    const { userId, key } = await (this.account ??= this.signUp());
    // Tries again at the next visit.
    if (typeof userId !== "string") return void (this.account = undefined);
    const mistake = (of: number, which: number) => this.mistakes && number % of === which;

    await this.send("POST", "/api/auth/login", { userId, key: mistake(10, 2) ? "wrong" : key });
    await this.send("POST", "/api/queue/join", { userId });
    if (number % 10 === 4) await this.send("POST", "/api/boards", mistake(20, 4) ? {} : { title: "Hello" });
    if (number % 10 === 7) await this.send("POST", "/api/chat/messages", { text: "Anyone else waiting?" });
    if (!(await this.admitted(userId))) return;

    const seat = mistake(20, 5) ? "Z99" : this.seat(mistake(10, 8) ? number - 1 : number);
    const card = mistake(10, 6) ? "4000-0000-0000-0000" : "4000-0000-0000-1234";
    await this.send("POST", "/api/tickets", { userId, seat, card });
  }

  /** Each visit another seat, `A1` ... `T50`; visits of one run only meet where they mean to. */
  private seat(visit: number): string {
    const place = (this.firstSeat + visit) % 1000;
    return `${String.fromCharCode(65 + (place % 20))}${Math.floor(place / 20) + 1}`;
  }

  private async signUp(): Promise<Record<string, unknown>> {
    const account = await this.send("POST", "/api/users", {});
    if (typeof account.userId === "string") this.report.users.push(account.userId);
    return account;
  }

  private async admitted(userId: string): Promise<boolean> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(POLL_MS)) {
      const { admitted } = await this.send("GET", "/api/queue/status", undefined, `?userId=${userId}`);
      // Anything but "not yet" ends the wait: the answer, or a refusal.
      if (admitted !== false) return admitted === true;
    }
    return false;
  }

  private async send(
    method: string,
    path: string,
    body?: object,
    query = "",
  ): Promise<Record<string, unknown>> {
    // Addresses of the documentation block: they must arrive masked in the log store.
    const from = `203.0.113.${(this.index % 254) + 1}`;
    const headers = { "x-forwarded-for": from, "content-type": "application/json" };
    const counts = (this.report.requests[`${method} ${path}`] ??= {});
    const count = (status: string) => (counts[status] = (counts[status] ?? 0) + 1);
    try {
      const request = { method, headers, body: body && JSON.stringify(body) };
      const response = await fetch(`${this.url}${path}${query}`, request);
      count(String(response.status));
      return (await response.json()) as Record<string, unknown>;
    } catch {
      count("none");
      return {};
    }
  }
}
