package dev.vigil.sensor.modbus;

import com.digitalpetri.modbus.MbapHeader;
import dev.vigil.sensor.BusFault;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Modbus over TCP (Modbus messaging on TCP/IP V1.0b). Owned by its bus' thread. The connection is
 * made when it is needed, and anew after each fault.
 */
public final class TcpLink implements ModbusLink {
    private static final int HEADER_BYTES = 7;
    private static final int PDU_BYTES_MAX = 253;
    private static final int PROTOCOL = 0;

    /** Answers that came too late for their request are skipped. */
    private static final int LATE_ANSWERS_MAX = 8;

    private final String host;
    private final int port;
    private final Duration wait;
    private @Nullable Socket socket;
    private int transaction;

    /** Opens nothing yet. */
    public TcpLink(String host, int port, Duration wait) {
        this.host = host;
        this.port = port;
        this.wait = wait;
    }

    @Override
    public String name() {
        return host + ":" + port;
    }

    @Override
    public byte[] ask(int unit, byte[] pdu) throws BusFault {
        transaction = (transaction + 1) & 0xFFFF;
        boolean done = false;
        try {
            Socket open = connected();
            ByteBuffer request = ByteBuffer.allocate(HEADER_BYTES + pdu.length);
            MbapHeader.Serializer.encode(
                    new MbapHeader(transaction, PROTOCOL, 1 + pdu.length, unit), request);
            request.put(pdu);
            open.getOutputStream().write(request.array());
            byte[] answer = answer(open.getInputStream(), unit);
            done = true;
            return answer;
        } catch (SocketTimeoutException e) {
            throw fault(BusFault.Kind.NO_ANSWER, "no answer in " + wait.toMillis() + " ms");
        } catch (UnknownHostException e) {
            throw fault(BusFault.Kind.GONE, "no machine of that name is known");
        } catch (IOException e) {
            throw fault(BusFault.Kind.GONE, String.valueOf(e.getMessage()));
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private byte[] answer(InputStream in, int unit) throws IOException, BusFault {
        for (int late = 0; late <= LATE_ANSWERS_MAX; late++) {
            MbapHeader header =
                    MbapHeader.Serializer.decode(ByteBuffer.wrap(read(in, HEADER_BYTES)));
            int length = header.length() - 1;
            if (header.protocolId() != PROTOCOL || length < 1 || length > PDU_BYTES_MAX) {
                throw fault(BusFault.Kind.BROKEN, "no Modbus answer: " + header);
            }
            byte[] pdu = read(in, length);
            if (header.transactionId() == transaction) {
                if (header.unitId() != unit) {
                    throw fault(BusFault.Kind.BROKEN, "asked unit %d: %s".formatted(unit, header));
                }
                return pdu;
            }
        }
        throw fault(BusFault.Kind.BROKEN, "answers only to older requests");
    }

    private static byte[] read(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the device closed the connection");
        }
        return bytes;
    }

    private Socket connected() throws IOException {
        Socket open = socket;
        if (open == null) {
            open = new Socket();
            socket = open;
            open.setSoTimeout((int) wait.toMillis());
            open.setTcpNoDelay(true);
            open.connect(address(), (int) wait.toMillis());
        }
        return open;
    }

    private InetSocketAddress address() throws UnknownHostException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnknownHostException(host);
        }
        return address;
    }

    @Override
    public void close() {
        Socket open = socket;
        socket = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException _) {
                // it is given up anyway
            }
        }
    }

    private BusFault fault(BusFault.Kind kind, String what) {
        return new BusFault(kind, "modbus at %s: %s".formatted(name(), what));
    }
}
