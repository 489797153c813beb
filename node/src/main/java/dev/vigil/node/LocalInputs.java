package dev.vigil.node;

import dev.vigil.node.devices.ContactWatch;
import dev.vigil.node.devices.GpioChips;
import dev.vigil.node.ingest.Inbox;
import dev.vigil.node.site.BusKeeper;
import dev.vigil.node.site.LocalSensors;
import dev.vigil.node.site.SensorBus;
import dev.vigil.node.site.SiteConfig;
import dev.vigil.node.watch.Worker;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sensors and contacts that the node reads itself: a thread for each bus and for each GPIO chip
 * with contacts. Started and closed by one thread; {@link #health} and {@link #parts} are
 * anybody's.
 */
final class LocalInputs implements AutoCloseable {
    private final BusKeeper buses;
    private final List<Runnable> closers = new ArrayList<>();

    /** Starts the threads. What goes wrong on them comes to the inbox, too. */
    LocalInputs(SiteConfig.Inputs inputs, GpioChips chips, Inbox inbox, InstantSource clock) {
        this(LocalSensors.buses(inputs.local()), inputs.contacts(), chips, inbox, clock);
    }

    /** As above, with these buses. */
    LocalInputs(
            List<BusKeeper.Bus> local,
            List<SiteConfig.Contact> contacts,
            GpioChips chips,
            Inbox inbox,
            InstantSource clock) {
        buses = new BusKeeper(local, inbox, clock, System::nanoTime);
        Worker keeper = new Worker("bus-keeper", clock, buses, BusKeeper::await);
        closers.add(
                () -> {
                    keeper.stop();
                    buses.close();
                });
        Map<String, List<ContactWatch.Contact>> byChip = new LinkedHashMap<>();
        for (SiteConfig.Contact contact : contacts) {
            byChip.computeIfAbsent(contact.chip(), _ -> new ArrayList<>())
                    .add(new ContactWatch.Contact(contact.channel(), contact.line()));
        }
        byChip.forEach(
                (chip, onIt) -> {
                    ContactWatch lines =
                            new ContactWatch(chip, onIt, chips, inbox, System::nanoTime);
                    Worker thread = new Worker("gpio-" + chip, clock, lines, lines::await);
                    closers.add(
                            () -> {
                                thread.stop();
                                lines.close();
                            });
                });
    }

    /** One entry for each sensor. */
    List<SensorBus.Health> health() {
        return buses.health();
    }

    /** One entry for each bus. */
    List<BusKeeper.Part> parts() {
        return buses.parts();
    }

    /** Ends the threads, each of which gives back what it has. */
    @Override
    public void close() {
        closers.forEach(Runnable::run);
    }
}
