import sun.misc.Signal;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.TimeZone;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Calls into each C library that the toolchain makes, and prints what came back: the same lines on
 * a JVM and as an executable, or the toolchain is wrong. Runs alone, in an empty folder that its
 * first argument names.
 */
public final class Probe {
    interface Step {
        Object run() throws Exception;
    }

    private static int failed;

    private static void step(String name, Step step) {
        try {
            System.out.println(name + ": " + step.run());
        } catch (Exception | LinkageError e) {
            failed++;
            System.out.println(name + ": FAILED " + e);
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        Path folder = Path.of(arguments[0]);
        step("file", () -> file(folder.resolve("a")));
        step("mapped and locked file", () -> mapped(folder.resolve("b")));
        step("random access and sync", () -> randomAccess(folder.resolve("c")));
        step("zip", () -> zip(folder.resolve("d.zip")));
        step("gzip", Probe::gzip);
        step("socket", Probe::socket);
        step("datagram", Probe::datagram);
        step(
                "loopback interface",
                () ->
                        NetworkInterface.getByInetAddress(InetAddress.getByName("127.0.0.1"))
                                .isLoopback());
        step("IPv6 address", () -> InetAddress.getByName("::1"));
        step("unknown host", () -> unknownHost());
        step("refused connection", Probe::refused);
        step("process", Probe::process);
        step("environment", () -> System.getenv("PROBE_SAYS"));
        step(
                "locale",
                () ->
                        Locale.getDefault(Locale.Category.FORMAT)
                                + " "
                                + Locale.getDefault(Locale.Category.DISPLAY));
        step("time zone", () -> TimeZone.getDefault().getID());
        step(
                "digest",
                () ->
                        HexFormat.of()
                                .formatHex(
                                        MessageDigest.getInstance("SHA-256")
                                                .digest("vigil".getBytes(StandardCharsets.UTF_8))));
        step("processors", () -> Runtime.getRuntime().availableProcessors());
        step("user time of a thread", Probe::userTime);
        step("resident memory of the system", () -> systemMemory());
        step("signal", Probe::signal);
        System.out.println(failed + " failed");
        if (arguments.length > 1) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> System.out.println("shutdown hook ran")));
            System.out.println("waiting");
            new CountDownLatch(1).await();
        }
        System.exit(failed == 0 ? 0 : 1);
    }

    private static Object file(Path path) throws IOException {
        Files.writeString(path, "a line\n");
        Files.writeString(path, "another\n", StandardOpenOption.APPEND);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(path.resolveSibling("link"), path);
        return Files.readAllLines(link)
                + " "
                + PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
                + " "
                + Files.getOwner(path);
    }

    private static Object mapped(Path path) throws IOException {
        try (FileChannel channel =
                        FileChannel.open(
                                path,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, 8192);
            map.putLong(8000, 42);
            map.force();
            ByteBuffer read = ByteBuffer.allocate(8);
            channel.read(read, 8000);
            return read.flip().getLong() + " locked " + lock.isValid();
        }
    }

    private static Object randomAccess(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rwd")) {
            file.seek(100);
            file.writeInt(7);
            file.getFD().sync();
            file.seek(100);
            return file.readInt() + " of " + file.length();
        }
    }

    private static Object zip(Path path) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(path))) {
            out.putNextEntry(new ZipEntry("entry"));
            out.write("x".repeat(1000).getBytes(StandardCharsets.UTF_8));
        }
        try (ZipFile file = new ZipFile(path.toFile())) {
            byte[] content = file.getInputStream(file.getEntry("entry")).readAllBytes();
            CRC32 crc = new CRC32();
            crc.update(content);
            return content.length + " bytes, crc " + Long.toHexString(crc.getValue());
        }
    }

    private static Object gzip() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(new byte[10_000]);
        }
        return new GZIPInputStream(new ByteArrayInputStream(packed.toByteArray()))
                .readAllBytes()
                .length;
    }

    private static Object socket() throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread echo =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try (Socket peer = server.accept();
                                                BufferedReader in =
                                                        new BufferedReader(
                                                                new InputStreamReader(
                                                                        peer.getInputStream(),
                                                                        StandardCharsets.UTF_8));
                                                PrintWriter out =
                                                        new PrintWriter(
                                                                peer.getOutputStream(),
                                                                true,
                                                                StandardCharsets.UTF_8)) {
                                            out.println("you said " + in.readLine());
                                        } catch (IOException e) {
                                            System.out.println("server: " + e);
                                        }
                                    });
            try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
                client.setSoTimeout(10_000);
                client.setTcpNoDelay(true);
                new PrintWriter(client.getOutputStream(), true, StandardCharsets.UTF_8)
                        .println("hello");
                String answer =
                        new BufferedReader(
                                        new InputStreamReader(
                                                client.getInputStream(), StandardCharsets.UTF_8))
                                .readLine();
                echo.join();
                return answer;
            }
        }
    }

    private static Object datagram() throws IOException {
        try (DatagramChannel receiver =
                        DatagramChannel.open()
                                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                DatagramChannel sender = DatagramChannel.open()) {
            sender.send(ByteBuffer.wrap(new byte[] {1, 2, 3}), receiver.getLocalAddress());
            ByteBuffer received = ByteBuffer.allocate(10);
            receiver.receive(received);
            return received.position() + " bytes";
        }
    }

    private static Object unknownHost() {
        try {
            return InetAddress.getByName("no-such-host.invalid");
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }

    private static Object refused() throws IOException {
        int free;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = server.getLocalPort();
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), free)) {
            return socket;
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    private static Object process() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("sh", "-c", "read line; echo got $line; exit 3")
                        .redirectErrorStream(true)
                        .start();
        process.outputWriter().append("word\n").close();
        String said = process.inputReader().readLine();
        return said
                + ", exit "
                + process.waitFor()
                + ", parent knows itself "
                + (ProcessHandle.current().pid() > 1);
    }

    private static Object userTime() {
        long sum = 0;
        for (int i = 0; i < 200_000_000; i++) {
            sum += Long.numberOfTrailingZeros(i * 31L + 1);
        }
        long used = ManagementFactory.getThreadMXBean().getCurrentThreadUserTime();
        return used > 0 && sum != 0 ? "some" : "none";
    }

    private static Object systemMemory() {
        var system =
                (com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean();
        return system.getTotalMemorySize() / (1L << 30)
                + " GiB, open files known "
                + (((com.sun.management.UnixOperatingSystemMXBean) system)
                                .getOpenFileDescriptorCount()
                        > 0);
    }

    private static Object signal() throws InterruptedException {
        CountDownLatch came = new CountDownLatch(1);
        Signal.handle(new Signal("USR2"), s -> came.countDown());
        Signal.raise(new Signal("USR2"));
        return came.await(10, TimeUnit.SECONDS) ? "USR2 came" : "USR2 did not come";
    }
}
