package dev.vigil.forward;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Blocks of one node in a file, to be carried by hand (sync/docs/HAND-CARRY.md): each as a {@link
 * HeaderFrame} and its body, at the end a frame with the signature. {@code zstd -dc} gives the CBOR
 * packs. Owned by the thread of a command.
 *
 * <p>Signed with Ed25519 (RFC 8032) is {@link #SIGNED} and the SHA-256 of all bytes before the last
 * frame. A file without its end, from a stick that was pulled too early, is refused whole.
 */
final class CarryFile {
    static final String ALGORITHM = "Ed25519";

    /** So that a signature of something else is none of this. */
    static final String SIGNED = "vigil-carry 1\n";

    private static final String BYTES = "vigil_bytes";
    private static final String BLOCKS = "vigil_blocks";
    private static final String SIGNATURE = "vigil_signature";
    private static final int KEY_BYTES_MAX = 4096;
    private static final Pattern PUBLIC_KEY =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----");

    private CarryFile() {}

    /** What a file holds. */
    record Contents(String node, long blocks, long records) {}

    /** Writes a file. Owned by one thread, which closes it; complete only after {@link #finish}. */
    static final class Writer implements AutoCloseable {
        private final DigestOutputStream out;
        private long blocks;

        Writer(OutputStream to) {
            out = new DigestOutputStream(to, sha256());
        }

        void add(Block block) throws IOException {
            Map<String, String> headers = BlockHeaders.of(block, true);
            headers.put(BYTES, Integer.toString(block.body().length));
            out.write(HeaderFrame.before(headers, block.body()));
            blocks++;
        }

        void finish(PrivateKey key) throws IOException {
            byte[] digest = out.getMessageDigest().digest();
            var headers = new LinkedHashMap<String, String>();
            headers.put(BLOCKS, Long.toString(blocks));
            headers.put(SIGNATURE, Base64.getEncoder().encodeToString(sign(key, digest)));
            out.write(HeaderFrame.before(headers, new byte[0]));
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /**
     * Reads a file whole.
     *
     * @param keys folder with {@code NODE.pub.pem} of each node whose files are taken
     * @throws MalformedBlock it is not complete, not in order, or not signed by its node's key
     */
    static Contents verify(Path file, Path keys) throws IOException {
        var tally = new Tally(file);
        End end = read(file, tally);
        String node = tally.node;
        Path keyFile = keys.resolve(node + ".pub.pem").normalize();
        if (node.isEmpty() || !keys.normalize().equals(keyFile.getParent())) {
            throw new MalformedBlock("%s: no block of a node".formatted(file));
        }
        if (!verifies(publicKey(keyFile), end.digest(), end.signature())) {
            throw new MalformedBlock(
                    "%s: not signed with the key of '%s', which is in %s"
                            .formatted(file, node, keyFile));
        }
        return new Contents(node, end.blocks(), tally.records);
    }

    /** Whose blocks a file holds, and how many records. Owned by one thread. */
    private static final class Tally implements Consumer<Block> {
        private final Path file;
        private String node = "";
        private long records;

        private Tally(Path file) {
            this.file = file;
        }

        @Override
        public void accept(Block block) {
            String other = block.stream().node();
            if (node.isEmpty()) {
                node = other;
            } else if (!node.equals(other)) {
                throw new MalformedBlock(
                        "%s: blocks of '%s' and of '%s': one node a file"
                                .formatted(file, node, other));
            }
            records += block.recordCount();
        }
    }

    /** What the last frame says, and the digest of all before it. */
    @SuppressWarnings("ArrayRecordComponent") // looked at once
    record End(long blocks, byte[] signature, byte[] digest) {}

    /** Hands over each block in turn; whoever calls has verified the file, or is about to. */
    static End read(Path file, Consumer<Block> sink) throws IOException {
        MessageDigest before = sha256();
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            long blocks = 0;
            while (true) {
                String where = "%s, after %d blocks".formatted(file, blocks);
                MessageDigest untilHere = copy(before);
                var in = new DigestInputStream(raw, before);
                Map<String, String> headers = headers(where, in);
                if (headers.containsKey(SIGNATURE)) {
                    return end(where, headers, blocks, untilHere.digest(), raw);
                }
                byte[] body =
                        exactly(
                                where,
                                in,
                                number(where, headers, BYTES, BlockCodec.BODY_BYTES_MAX));
                sink.accept(block(headers, body));
                blocks++;
            }
        }
    }

    private static End end(
            String where, Map<String, String> headers, long blocks, byte[] digest, InputStream rest)
            throws IOException {
        if (rest.read() >= 0 || number(where, headers, BLOCKS, Integer.MAX_VALUE) != blocks) {
            throw new MalformedBlock("%s: its end says %s".formatted(where, headers.get(BLOCKS)));
        }
        try {
            String signature = headers.getOrDefault(SIGNATURE, "");
            return new End(blocks, Base64.getDecoder().decode(signature), digest);
        } catch (IllegalArgumentException e) {
            throw new MalformedBlock("%s: the signature is not base64".formatted(where));
        }
    }

    private static Block block(Map<String, String> headers, byte[] body) {
        return BlockHeaders.block(
                name -> {
                    String value = headers.get(name);
                    return value == null ? null : value.getBytes(StandardCharsets.UTF_8);
                },
                body);
    }

    private static Map<String, String> headers(String where, InputStream in) throws IOException {
        byte[] head = exactly(where, in, HeaderFrame.HEAD_BYTES);
        int length = HeaderFrame.textBytes(where, head, Integer.MAX_VALUE);
        return HeaderFrame.headers(
                where, new String(exactly(where, in, length), StandardCharsets.UTF_8));
    }

    private static byte[] exactly(String where, InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new MalformedBlock(where + ": the file ends too early; copy it again");
        }
        return bytes;
    }

    private static int number(String where, Map<String, String> headers, String name, int atMost) {
        String text = headers.getOrDefault(name, "");
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) > atMost) {
            throw new MalformedBlock(
                    "%s: %s is '%s', at most %d".formatted(where, name, text, atMost));
        }
        return Integer.parseInt(text);
    }

    private static byte[] sign(PrivateKey key, byte[] digest) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(SIGNED.getBytes(StandardCharsets.US_ASCII));
            signature.update(digest);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("nothing can be signed with this key", e);
        }
    }

    private static boolean verifies(PublicKey key, byte[] digest, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(SIGNED.getBytes(StandardCharsets.US_ASCII));
            signature.update(digest);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // of the wrong length or form
        }
    }

    private static PublicKey publicKey(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new MalformedBlock("no key of the node: %s is missing".formatted(file));
        }
        try (InputStream in = Files.newInputStream(file)) {
            Matcher pem =
                    PUBLIC_KEY.matcher(
                            new String(in.readNBytes(KEY_BYTES_MAX), StandardCharsets.US_ASCII));
            if (pem.find()) {
                byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
                return KeyFactory.getInstance(ALGORITHM)
                        .generatePublic(new X509EncodedKeySpec(der));
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // said below
        }
        throw new MalformedBlock("%s: holds no Ed25519 public key in PEM".formatted(file));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Java's SHA-256 can be cloned", e);
        }
    }
}
