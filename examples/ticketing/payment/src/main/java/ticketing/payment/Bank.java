package ticketing.payment;

import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.retry.annotation.Retry;
import java.time.Duration;
import org.springframework.stereotype.Component;
import org.springframework.web.client.ResourceAccessException;

/**
 * Stands for a client of somebody else's service: it fails and is slow as such a one does. The card says which, so that
 * whoever sends requests decides; application.yml says what the circuit breaker and the retries make of it.
 */
@Component
class Bank {
  private static final Duration SLOW = Duration.ofMillis(3500);

  /**
   * Whether the bank approves a card: it declines one that ends in 0000, takes 3.5 s for 3000 and does not answer for 5000.
   */
  @CircuitBreaker(name = "bank")
  @Retry(name = "bank")
  public boolean approves(String card) throws InterruptedException {
    if (card.endsWith("5000")) throw new ResourceAccessException("The bank does not answer");
    if (card.endsWith("3000")) Thread.sleep(SLOW.toMillis());
    return !card.endsWith("0000");
  }
}
