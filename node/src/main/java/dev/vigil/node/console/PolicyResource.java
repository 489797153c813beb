package dev.vigil.node.console;

import dev.vigil.node.policies.PolicyKeeper;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
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
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An operator's orders about policies, from who may give them ({@link Orders}). Answers are text
 * for people.
 *
 * <p>A bundle is one body: the module's length in four bytes, big-endian, the module, the signature
 * file.
 */
@Path("/api/policies")
public class PolicyResource {
    private static final int BODY_BYTES_MAX = 320 * 1024;
    private static final long ANSWER_SECONDS = 60;

    private final PolicyDesk desk;

    PolicyResource(PolicyDesk desk) {
        this.desk = desk;
    }

    @GET
    @Produces(MediaType.TEXT_PLAIN)
    public Response list() {
        return take(new PolicyKeeper.Order.Show(), "-");
    }

    @POST
    @Consumes(MediaType.APPLICATION_OCTET_STREAM)
    @Produces(MediaType.TEXT_PLAIN)
    public Response install(
            @HeaderParam(Orders.OPERATOR) String operator,
            @Context HttpServerRequest request,
            byte[] body) {
        Optional<Response> refused = Orders.refused(operator, request);
        if (refused.isPresent()) {
            return refused.get();
        }
        if (body.length > BODY_BYTES_MAX || body.length < Integer.BYTES) {
            return Orders.answer(
                    400,
                    "a bundle has up to %d bytes, this one %d"
                            .formatted(BODY_BYTES_MAX, body.length));
        }
        ByteBuffer bytes = ByteBuffer.wrap(body);
        int length = bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            return Orders.answer(
                    400,
                    "the body says that the module has %d bytes, there are %d"
                            .formatted(length, bytes.remaining()));
        }
        byte[] wasm = new byte[length];
        byte[] signature = new byte[bytes.remaining() - length];
        bytes.get(wasm).get(signature);
        return take(new PolicyKeeper.Order.Install(wasm, signature), operator);
    }

    @POST
    @Path("{id}/{action}")
    @Produces(MediaType.TEXT_PLAIN)
    public Response order(
            @PathParam("id") String id,
            @PathParam("action") String action,
            @QueryParam("unseen") @DefaultValue("false") boolean unseen,
            @HeaderParam(Orders.OPERATOR) String operator,
            @Context HttpServerRequest request) {
        Optional<Response> refused = Orders.refused(operator, request);
        if (refused.isPresent()) {
            return refused.get();
        }
        return switch (action) {
            case "shadow" -> take(new PolicyKeeper.Order.Shadow(id), operator);
            case "arm" -> take(new PolicyKeeper.Order.Arm(id, unseen), operator);
            case "rollback" -> take(new PolicyKeeper.Order.Rollback(id), operator);
            default ->
                    Orders.answer(
                            404,
                            "there is no order '%s': shadow, arm or rollback".formatted(action));
        };
    }

    private Response take(PolicyKeeper.Order order, String who) {
        try {
            PolicyKeeper.Answer answer =
                    desk.take(order, who).get(ANSWER_SECONDS, TimeUnit.SECONDS);
            return Response.status(answer.status()).entity(answer.text()).build();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Orders.answer(503, "the node stops");
        } catch (ExecutionException | TimeoutException e) {
            return Orders.answer(
                    503, "no answer: %s; vigil policy list tells what is".formatted(e));
        }
    }
}
