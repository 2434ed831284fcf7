package ticketing.payment;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.filter.ServerHttpObservationFilter;

@RestController
class PaymentController {
  private static final Logger log = LoggerFactory.getLogger(PaymentController.class);

  private final Bank bank;
  // Made here and not with the first payment: a series that appears with its first failure hides it from rate().
  private final Counter approved;
  private final Counter declined;
  private final Counter failed;

  PaymentController(Bank bank, MeterRegistry registry) {
    this.bank = bank;
    approved = payments(registry, "approved");
    declined = payments(registry, "declined");
    failed = payments(registry, "failed");
  }

  private static Counter payments(MeterRegistry registry, String outcome) {
    return Counter.builder("payments")
        .description("Payments: approved or declined by the bank, or failed since it did not answer.")
        .tag("outcome", outcome)
        .register(registry);
  }

  @PostMapping("/api/payments")
  ResponseEntity<Map<String, String>> pay(@RequestBody Map<String, Object> body) throws InterruptedException {
    String userId = required(body, "userId");
    if (!bank.approves(required(body, "card"))) {
      declined.increment();
      log.error("Payment failed");
      return refusal(HttpStatus.PAYMENT_REQUIRED, "Card of " + userId + " declined");
    }
    approved.increment();
    log.info("Payment of {} approved", userId);
    return ResponseEntity.status(HttpStatus.CREATED).body(Map.of("paymentId", UUID.randomUUID().toString()));
  }

  /** No answer in three tries, or so few lately that the circuit breaker does not even ask. */
  @ExceptionHandler({ResourceAccessException.class, CallNotPermittedException.class})
  ResponseEntity<Map<String, String>> noBank(Exception error, HttpServletRequest request) {
    // Spring takes what a handler answers for success: the span would be none that failed.
    ServerHttpObservationFilter.findObservationContext(request).ifPresent(context -> context.setError(error));
    failed.increment();
    log.error("Payment failed", error);
    return refusal(HttpStatus.SERVICE_UNAVAILABLE, error.getMessage());
  }

  @ExceptionHandler
  ResponseEntity<Map<String, String>> noField(IllegalArgumentException error) {
    return refusal(HttpStatus.BAD_REQUEST, error.getMessage());
  }

  @ExceptionHandler
  ResponseEntity<Map<String, String>> noObject(HttpMessageNotReadableException error) {
    return refusal(HttpStatus.BAD_REQUEST, "Request error: the body is no JSON object");
  }

  private static String required(Map<String, Object> body, String field) {
    if (body.get(field) instanceof String value && !value.isEmpty()) return value;
    throw new IllegalArgumentException("Request error: \"" + field + "\" is missing; expected text");
  }

  private static ResponseEntity<Map<String, String>> refusal(HttpStatus status, String message) {
    log.warn(message);
    return ResponseEntity.status(status).body(Map.of("error", message));
  }
}
