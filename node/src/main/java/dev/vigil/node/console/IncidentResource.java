package dev.vigil.node.console;

import dev.vigil.node.ingest.Arrival;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** An operator's orders about incidents, from who may give them ({@link Orders}). */
@Path("/api/incidents/{id}/{action}")
public class IncidentResource {
    private final OperatorDesk desk;
    private final StatusSource status;

    IncidentResource(OperatorDesk desk, StatusSource status) {
        this.desk = desk;
        this.status = status;
    }

    @POST
    @Produces(MediaType.TEXT_PLAIN)
    public Response order(
            @PathParam("id") String id,
            @PathParam("action") String word,
            @HeaderParam(Orders.OPERATOR) String operator,
            @Context HttpServerRequest request) {
        Optional<Response> refused = Orders.refused(operator, request);
        if (refused.isPresent()) {
            return refused.get();
        }
        Optional<Arrival.Operator.Action> action = action(word);
        if (action.isEmpty()) {
            return Orders.answer(
                    404, "there is no order '%s': acknowledge or reset".formatted(word));
        }
        Optional<NodeStatus> now = status.current();
        Optional<NodeStatus.Alarm> alarm =
                now.flatMap(
                        picture ->
                                picture.alarms().stream()
                                        .filter(open -> open.id().equals(id))
                                        .findFirst());
        if (now.isEmpty() || alarm.isEmpty()) {
            return Orders.answer(404, "no incident '%s' is open".formatted(id));
        }
        if (action.get() == Arrival.Operator.Action.RESET && isActive(alarm.get().state())) {
            return Orders.answer(
                    409,
                    "%s can't be reset: its hazard is still there (it can be acknowledged)"
                            .formatted(id));
        }
        Instant at = now.get().now();
        return desk.take(new Arrival.Operator(id, action.get(), operator, at))
                ? Orders.answer(202, word + " " + id + ": taken")
                : Orders.full();
    }

    private static boolean isActive(String state) {
        return !state.startsWith("latched") && !state.startsWith("returned");
    }

    private static Optional<Arrival.Operator.Action> action(String word) {
        for (Arrival.Operator.Action action : Arrival.Operator.Action.values()) {
            if (action.name().toLowerCase(Locale.ROOT).equals(word)) {
                return Optional.of(action);
            }
        }
        return Optional.empty();
    }
}
