package dev.vigil.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A link made of two network interfaces (tun(4)) and of what lies between them: packets are
 * delayed, and some are lost. What goes over it is real TCP, which sends them again. The kernel
 * keeps it to its rate (tc-tbf(8)) and counts its bytes. Opened and closed by the test's thread.
 *
 * <p>Both ends are addresses of this machine, which would talk to itself over loopback; so each end
 * knows the other by an address that is no one's, and on the way one pair is replaced by the other
 * (decision 0031). Addresses are those of RFC 2544 for trials. Needs root, iproute2 and
 * /dev/net/tun; without them the test fails and says so.
 */
final class PacketLink implements AutoCloseable {
    /** Where the centre listens. */
    static final String CENTRE = "198.19.0.2";

    /** By which address the node knows the centre. */
    static final String CENTRE_AS_SEEN = "198.18.0.2";

    private static final String NODE = "198.18.0.1";
    private static final String NODE_AS_SEEN = "198.19.255.254";
    private static final String NODE_SIDE = "vigil-node";
    private static final String CENTRE_SIDE = "vigil-centre";

    private static final Duration BOUND = Duration.ofSeconds(30);

    /** What waits at the slow side, a modem's memory, before packets are dropped there. */
    private static final String QUEUE = "2s";

    private final Direction up;
    private final Direction down;
    private final Tun nodeSide;
    private final Tun centreSide;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;
    private volatile boolean there = true;
    private volatile double loss;
    private volatile long delayNanos;

    private PacketLink(Tun nodeSide, Tun centreSide, long seed) {
        this.nodeSide = nodeSide;
        this.centreSide = centreSide;
        up = new Direction(nodeSide, centreSide, addresses(NODE_AS_SEEN, CENTRE), new Random(seed));
        down =
                new Direction(
                        centreSide,
                        nodeSide,
                        addresses(CENTRE_AS_SEEN, NODE),
                        new Random(seed + 1));
    }

    /** A packet on its way. */
    private static final class OnItsWay {
        private final byte[] octets;

        /** {@link System#nanoTime}. */
        private final long arrives;

        private OnItsWay(byte[] octets, long arrives) {
            this.octets = octets;
            this.arrives = arrives;
        }
    }

    /** One direction, and its two threads. */
    private final class Direction {
        private static final int PACKETS_MAX = 4_096;

        private final Tun from;
        private final Tun to;
        private final byte[] addresses;
        private final Random random;
        private final BlockingQueue<OnItsWay> onTheirWay = new ArrayBlockingQueue<>(PACKETS_MAX);
        private final AtomicLong lost = new AtomicLong();
        private final AtomicLong packets = new AtomicLong();

        private Direction(Tun from, Tun to, byte[] addresses, Random random) {
            this.from = from;
            this.to = to;
            this.addresses = addresses;
            this.random = random;
        }

        private List<Thread> start() {
            return List.of(
                    Thread.ofPlatform().daemon().name("link-takes").start(this::take),
                    Thread.ofPlatform().daemon().name("link-gives").start(this::give));
        }

        private void take() {
            while (!closed) {
                byte[] packet = from.read();
                if (packet.length < 20 || packet[0] >> 4 != 4) {
                    continue; // the machine's own: nobody asked for IPv6
                }
                packets.incrementAndGet();
                System.arraycopy(addresses, 0, packet, 12, addresses.length);
                if (!there
                        || random.nextDouble() < loss
                        || !onTheirWay.offer(
                                new OnItsWay(packet, System.nanoTime() + delayNanos))) {
                    lost.incrementAndGet();
                }
            }
        }

        private void give() {
            try {
                while (!closed) {
                    OnItsWay next = onTheirWay.poll(100, TimeUnit.MILLISECONDS);
                    if (next != null) {
                        Waiting.untilNanoTime(next.arrives);
                        to.write(next.octets);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** One that is there, fast and without loss. */
    static PacketLink open(long seed) {
        Tun nodeSide = Tun.open(NODE_SIDE);
        Tun centreSide = Tun.open(CENTRE_SIDE);
        bringUp(NODE_SIDE, NODE, CENTRE_AS_SEEN);
        bringUp(CENTRE_SIDE, CENTRE, NODE_AS_SEEN);
        return new PacketLink(nodeSide, centreSide, seed).started();
    }

    private PacketLink started() {
        threads.addAll(up.start());
        threads.addAll(down.start());
        return this;
    }

    /** From now on. */
    void be(LinkProfile profile) {
        delayNanos = profile.roundTrip().toNanos() / 2;
        loss = profile.loss();
        rate(profile.bitsPerSecond() + "bit", "3000");
    }

    /** As after {@link #open}. */
    void beFast() {
        delayNanos = 0;
        loss = 0;
        rate("1gbit", "1mb");
    }

    /** While it is not there, every packet is lost. */
    void there(boolean isThere) {
        there = isThere;
    }

    /** Of IP packets that the node has sent, the lost ones too, as its interface counts them. */
    long bytesUp() {
        return sentBytes(NODE_SIDE);
    }

    /** Of both directions. */
    long packets() {
        return up.packets.get() + down.packets.get();
    }

    long lostPackets() {
        return up.lost.get() + down.lost.get();
    }

    @Override
    public void close() {
        closed = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        nodeSide.close();
        centreSide.close();
    }

    private static void bringUp(String device, String own, String other) {
        run("ip", "addr", "add", own, "peer", other, "dev", device);
        run("ip", "link", "set", device, "up");
    }

    private static void rate(String rate, String burst) {
        for (String device : List.of(NODE_SIDE, CENTRE_SIDE)) {
            run(
                    List.of(
                            "tc", "qdisc", "replace", "dev", device, "root", "tbf", "rate", rate,
                            "burst", burst, "latency", QUEUE));
        }
    }

    /** Column 9 after the name (proc_net_dev(5)). */
    private static long sentBytes(String device) {
        try {
            return Files.readAllLines(Path.of("/proc/self/net/dev")).stream()
                    .map(String::strip)
                    .filter(line -> line.startsWith(device + ":"))
                    .mapToLong(
                            line ->
                                    Long.parseLong(
                                            line.substring(device.length() + 1)
                                                    .strip()
                                                    .split(" +", -1)[8]))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("no counters of " + device, e);
        }
    }

    /** Source and destination, as they are in a packet; their sum decides about its checksums. */
    private static byte[] addresses(String source, String destination) {
        ByteBuffer both = ByteBuffer.allocate(8).order(ByteOrder.BIG_ENDIAN);
        for (String address : List.of(source, destination)) {
            for (String octet : address.split("\\.", -1)) {
                both.put((byte) Integer.parseInt(octet));
            }
        }
        return both.array();
    }

    private static void run(String... command) {
        run(List.of(command));
    }

    private static void run(List<String> command) {
        Tool.asRoot(BOUND, "iproute2", "makes a link", command);
    }
}
