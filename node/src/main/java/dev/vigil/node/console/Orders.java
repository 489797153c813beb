package dev.vigil.node.console;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may give orders: only from the node itself (loopback) and only with the header {@code
 * X-Vigil-Operator}, which no web page of another origin can send: whoever may log in to the
 * gateway may do it. Stateless.
 */
final class Orders {
    static final String OPERATOR = "X-Vigil-Operator";

    private Orders() {}

    /** The answer to who may not; empty when the order may be taken. */
    static Optional<Response> refused(@Nullable String operator, HttpServerRequest request) {
        if (!request.remoteAddress().hostAddress().equals("127.0.0.1")
                && !request.remoteAddress().hostAddress().equals("0:0:0:0:0:0:0:1")) {
            return Optional.of(answer(403, "orders are taken on the node itself only (loopback)"));
        }
        if (operator == null || operator.isBlank() || operator.length() > 64) {
            return Optional.of(
                    answer(403, "header " + OPERATOR + " must name who gives the order"));
        }
        return Optional.empty();
    }

    /** The answer when nobody takes an order. */
    static Response full() {
        return answer(503, "the node takes no orders now: its inbox is full");
    }

    /** A line for people. */
    static Response answer(int code, String text) {
        return Response.status(code).entity(text + "\n").build();
    }
}
