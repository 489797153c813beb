package dev.vigil.forward;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Command {@code import}: sends the blocks of a file that was carried here to Kafka, as the node
 * would have. The ledger drops what the node has sent or will send by itself. Owned by the thread
 * of the command line.
 */
public final class CarryImport {
    private static final int IN_FLIGHT = 64;
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

        NotTaken(Block block, Delivery delivery) {
            super("block %s/%d: %s".formatted(block.stream(), block.firstSequence(), delivery));
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
            err.println("vigil import: " + e);
            return 1;
        }
        try (Uplink uplink =
                new KafkaUplink(
                        kafka.getOrDefault("bootstrap.servers", ""), "vigil.uplink", kafka)) {
            var sending = new CarryImport(uplink);
            try {
                CarryFile.read(file, sending::send);
                sending.await(0);
            } catch (NotTaken | IOException e) {
                err.printf(
                        "vigil import: %s%n%d of %d blocks are at Kafka; run it again, nothing comes twice%n",
                        e.getMessage(), sending.delivered, contents.blocks());
                return 1;
            }
        }
        out.printf(
                "%s: %,d records of %s in %d blocks are at Kafka%n",
                file, contents.records(), contents.node(), contents.blocks());
        return 0;
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
                if (!(outcome.delivery() instanceof Delivery.Delivered)) {
                    throw new NotTaken(outcome.block(), outcome.delivery());
                }
                inFlight--;
                delivered++;
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }
}
