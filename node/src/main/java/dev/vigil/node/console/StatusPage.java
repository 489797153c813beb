package dev.vigil.node.console;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The one HTML file of the status page and the policy under which a browser runs it: its own style
 * and script by their hashes, its own origin's data, and nothing else. Immutable.
 */
@ApplicationScoped
public class StatusPage {
    private static final String NAME = "status.html";

    private final String html;
    private final String contentSecurityPolicy;

    StatusPage() {
        html = read();
        contentSecurityPolicy =
                "default-src 'none'; script-src '%s'; style-src '%s'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                        .formatted(hashOf("script"), hashOf("style"));
    }

    String html() {
        return html;
    }

    String contentSecurityPolicy() {
        return contentSecurityPolicy;
    }

    /** CSP 3, 2.3.1: the hash of what stands between the tags, as it is sent. */
    private String hashOf(String element) {
        int begin = html.indexOf("<" + element + ">") + element.length() + 2;
        int end = html.indexOf("</" + element + ">", begin);
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(html.substring(begin, end).getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String read() {
        try (InputStream in = StatusPage.class.getResourceAsStream(NAME)) {
            if (in == null) {
                throw new IllegalStateException("the bundled %s is missing".formatted(NAME));
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the bundled %s can't be read".formatted(NAME), e);
        }
    }
}
