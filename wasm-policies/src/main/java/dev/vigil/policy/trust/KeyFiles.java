package dev.vigil.policy.trust;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PublicKey;

/** A key pair as two files, {@code NAME.key.pem} and {@code NAME.pub.pem}. Stateless. */
public final class KeyFiles {
    private static final String PRIVATE = ".key.pem";
    private static final String PUBLIC = ".pub.pem";

    private KeyFiles() {}

    /**
     * Makes a pair; the private half is for its owner's eyes alone. Nothing is overwritten.
     *
     * @param name path without the endings
     * @throws TrustFault when the files are there already or can't be written
     */
    public static KeyPair generate(Path name) {
        KeyPair pair = Keys.generate();
        Path secret = with(name, PRIVATE);
        try {
            Files.createFile(
                    secret,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(secret, Keys.pem(pair.getPrivate()), StandardCharsets.US_ASCII);
            Files.writeString(
                    with(name, PUBLIC),
                    Keys.pem(pair.getPublic()),
                    StandardCharsets.US_ASCII,
                    StandardOpenOption.CREATE_NEW);
            return pair;
        } catch (FileAlreadyExistsException e) {
            throw new TrustFault("%s exists, keys are not overwritten".formatted(e.getFile()), e);
        } catch (IOException e) {
            throw new TrustFault("%s can't be written: %s".formatted(name, e), e);
        }
    }

    /**
     * Reads both halves.
     *
     * @param name path without the endings; the private half's file is taken too
     * @throws TrustFault naming the file and what is wrong
     */
    public static KeyPair read(Path name) {
        Path base = base(name);
        Path secret = with(base, PRIVATE);
        PublicKey open = readPublic(with(base, PUBLIC));
        try {
            return new KeyPair(open, Keys.privateKey(text(secret)));
        } catch (IllegalArgumentException e) {
            throw new TrustFault("%s: %s".formatted(secret, e.getMessage()), e);
        }
    }

    /**
     * @param file with its ending
     * @throws TrustFault naming the file and what is wrong
     */
    public static PublicKey readPublic(Path file) {
        try {
            return Keys.publicKey(text(file));
        } catch (IllegalArgumentException e) {
            throw new TrustFault("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static Path base(Path name) {
        String text = name.toString();
        return text.endsWith(PRIVATE)
                ? Path.of(text.substring(0, text.length() - PRIVATE.length()))
                : name;
    }

    private static String text(Path file) {
        return new String(TrustStore.read(file), StandardCharsets.US_ASCII);
    }

    private static Path with(Path name, String ending) {
        return Path.of(name + ending);
    }
}
