package ticketing.payment;

import io.micrometer.observation.ObservationPredicate;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.autoconfigure.tracing.otlp.OtlpTracingConnectionDetails;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/** payment-service: approves cards or declines them, as services in Spring Boot are usually written. */
@SpringBootApplication
public class PaymentApplication {
  public static void main(String[] args) {
    SpringApplication.run(PaymentApplication.class, args);
  }

  /** Spring has a variable of its own for it; this is the one of OpenTelemetry. Without it nothing is sent. */
  @Bean
  @ConditionalOnProperty("otel.exporter.otlp.endpoint")
  OtlpTracingConnectionDetails spans(@Value("${otel.exporter.otlp.endpoint}") String endpoint) {
    return transport -> endpoint + "/v1/traces";
  }

  /** Probes and scrapes would drown the requests of users. */
  @Bean
  ObservationPredicate requestsOfUsers() {
    return (name, context) ->
        !(context instanceof ServerRequestObservationContext request
            && request.getCarrier().getRequestURI().startsWith("/actuator"));
  }
}
