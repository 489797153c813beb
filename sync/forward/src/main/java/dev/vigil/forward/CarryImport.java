package dev.vigil.forward;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Command {@code import}: sends the blocks of a file that was carried here to Kafka, as the node
 * would have. The ledger drops what the node has sent or will send by itself. Owned by the thread
 * of the command line.
 */
public final class CarryImport {
    private static final int IN_FLIGHT = 64;
    private static final String KNOW_KAFKA_MILLIS = "60000";
    private static final long LOOK_NANOS = 1_000_000;

    private final Uplink uplink;
    private int inFlight;
    private long delivered;

    private CarryImport(Uplink uplink) {
        this.uplink = uplink;
    }

    /** A block that Kafka did not take. */
    private static final class NotTaken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotTaken(Block block, String reason) {
            super("block %s/%d: %s".formatted(block.stream(), block.firstSequence(), reason));
        }
    }

    /**
     * Runs the command.
     *
     * @param keys folder with NODE.pub.pem
     * @param kafka settings of Kafka's clients, {@code bootstrap.servers} among them
     * @return exit code: 0 all of it is at Kafka, 1 not (said on {@code err})
     */
    public static int run(
            Path file, Path keys, Map<String, String> kafka, PrintStream out, PrintStream err) {
        CarryFile.Contents contents;
        try {
            contents = CarryFile.verify(file, keys);
        } catch (MalformedBlock e) {
            err.println("vigil import: " + e.getMessage());
            return 1;
        } catch (IOException e) {
            err.println("vigil import: " + Reason.ofFile(e));
            return 1;
        }
        try (Uplink uplink =
                new KafkaUplink(
                        kafka.getOrDefault("bootstrap.servers", ""),
                        "vigil.uplink",
                        patient(kafka))) {
            var sending = new CarryImport(uplink);
            try {
                CarryFile.read(file, sending::send);
                sending.await(0);
            } catch (NotTaken | MalformedBlock e) {
                return sending.cutOff(String.valueOf(e.getMessage()), contents, err);
            } catch (IOException e) {
                return sending.cutOff(Reason.ofFile(e), contents, err);
            }
        }
        out.printf(
                "%s: %,d records of %s in %d blocks are at Kafka%n",
                file, contents.records(), contents.node(), contents.blocks());
        return 0;
    }

    /** Nobody minds a wait here, and each run has to get to know Kafka first. */
    private static Map<String, String> patient(Map<String, String> kafka) {
        var settings = new HashMap<String, String>();
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, KNOW_KAFKA_MILLIS);
        settings.putAll(kafka);
        return settings;
    }

    private int cutOff(String why, CarryFile.Contents contents, PrintStream err) {
        err.printf(
                "vigil import: %s%n%d of %d blocks are at Kafka; run it again, nothing comes twice%n",
                why, delivered, contents.blocks());
        return 1;
    }

    private void send(Block block) {
        uplink.send(block, new Waybill(true, block.lastSequence(), Waybill.UNKNOWN));
        inFlight++;
        await(IN_FLIGHT - 1);
    }

    /** Until no more than so many are on their way. */
    private void await(int atMost) {
        while (inFlight > atMost) {
            for (Uplink.Outcome outcome : uplink.poll()) {
                inFlight--;
                switch (outcome.delivery()) {
                    case Delivery.Delivered() -> delivered++;
                    case Delivery.Failed(String reason) ->
                            throw new NotTaken(outcome.block(), reason);
                    case Delivery.Unknown(String reason) ->
                            throw new NotTaken(outcome.block(), reason);
                }
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }
}
