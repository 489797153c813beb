package dev.vigil.node.console;

import dev.vigil.node.ingest.Arrival;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * An operator's orders about outputs, from who may give them ({@link Orders}). Answers are text for
 * people.
 */
@Path("/api/outputs")
public class OutputResource {
    private static final int SECONDS_MAX = 60;

    private final OperatorDesk desk;
    private final StatusSource status;

    OutputResource(OperatorDesk desk, StatusSource status) {
        this.desk = desk;
        this.status = status;
    }

    @GET
    @Produces(MediaType.TEXT_PLAIN)
    public Response list() {
        StringBuilder text = new StringBuilder();
        for (NodeStatus.Output output :
                status.current().map(NodeStatus::outputs).orElse(List.of())) {
            text.append(
                    "%-12s %-8s %-3s  %s%s%n"
                            .formatted(
                                    output.id(),
                                    output.kind(),
                                    output.on() ? "ON" : "off",
                                    output.fault() == null ? "ok" : "FAULT: " + output.fault(),
                                    output.provenAt() == null
                                            ? ""
                                            : "; seen on by its feedback " + output.provenAt()));
        }
        return Response.ok(text.toString()).build();
    }

    /** Switches an output on for a moment, without an alarm. */
    @POST
    @Path("{id}/test")
    @Produces(MediaType.TEXT_PLAIN)
    public Response test(
            @PathParam("id") String id,
            @QueryParam("seconds") @DefaultValue("3") int seconds,
            @HeaderParam(Orders.OPERATOR) String operator,
            @Context HttpServerRequest request) {
        return ordered(
                operator,
                request,
                now -> {
                    if (now.outputs().stream().noneMatch(output -> output.id().equals(id))) {
                        return Orders.answer(404, "there is no output '%s'".formatted(id));
                    }
                    if (seconds < 1 || seconds > SECONDS_MAX) {
                        return Orders.answer(
                                400, "%d seconds: must be 1 to %d".formatted(seconds, SECONDS_MAX));
                    }
                    Arrival.OutputTest order =
                            new Arrival.OutputTest(
                                    id, Duration.ofSeconds(seconds), operator, now.now());
                    return desk.take(order)
                            ? Orders.answer(202, "%s: on for %d s".formatted(id, seconds))
                            : Orders.full();
                });
    }

    /** Acknowledges every alarm, which is what stops a siren. */
    @POST
    @Path("silence")
    @Produces(MediaType.TEXT_PLAIN)
    public Response silence(
            @HeaderParam(Orders.OPERATOR) String operator, @Context HttpServerRequest request) {
        return ordered(
                operator,
                request,
                now -> {
                    for (NodeStatus.Alarm alarm : now.alarms()) {
                        if (!desk.take(
                                new Arrival.Operator(
                                        alarm.id(),
                                        Arrival.Operator.Action.ACKNOWLEDGE,
                                        operator,
                                        now.now()))) {
                            return Orders.full();
                        }
                    }
                    return Orders.answer(
                            202, "silence: %d alarms acknowledged".formatted(now.alarms().size()));
                });
    }

    private Response ordered(
            String operator, HttpServerRequest request, Function<NodeStatus, Response> order) {
        Optional<Response> refused = Orders.refused(operator, request);
        return refused.orElseGet(
                () ->
                        status.current()
                                .map(order)
                                .orElseGet(() -> Orders.answer(503, "the node is starting")));
    }
}
