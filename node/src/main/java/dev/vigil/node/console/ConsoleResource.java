package dev.vigil.node.console;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.Optional;

/** The status page and what it is fed with. Stateless; called by Quarkus' threads. Reads only. */
@Path("/")
public class ConsoleResource {
    private static final String STARTING = "{\"starting\":true}";

    private final StatusSource source;
    private final EventFeed feed;
    private final StatusPage page;

    @Inject
    ConsoleResource(StatusSource source, EventFeed feed, StatusPage page) {
        this.source = source;
        this.feed = feed;
        this.page = page;
    }

    @GET
    @Produces(MediaType.TEXT_HTML + ";charset=UTF-8")
    public Response page() {
        return Response.ok(page.html())
                .header("Content-Security-Policy", page.contentSecurityPolicy())
                .build();
    }

    /** The picture as JSON; 503 before the node is put together. */
    @GET
    @Path("api/status")
    @Produces(MediaType.APPLICATION_JSON)
    public Response status() {
        Optional<NodeStatus> status = source.current();
        return status.isPresent()
                ? Response.ok(StatusJson.of(status.get())).build()
                : Response.status(Response.Status.SERVICE_UNAVAILABLE).entity(STARTING).build();
    }

    /** A picture every second as server-sent events; see {@link EventFeed} for its bounds. */
    @GET
    @Path("api/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void events(@Context SseEventSink sink, @Context Sse sse) {
        feed.join(sink, sse);
    }
}
