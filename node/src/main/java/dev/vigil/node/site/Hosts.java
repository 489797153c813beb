package dev.vigil.node.site;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Host names, ports and broker addresses of a site.yaml. Resolves nothing. Stateless. */
final class Hosts {
    private static final Pattern HOST =
            Pattern.compile(
                    "[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|(?=(?:[^:]*:){2})[0-9a-fA-F:.]{2,45}");
    private static final Pattern HOST_AND_PORT =
            Pattern.compile(
                    "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9a-fA-F:.]{2,45}\\]):(\\d{1,5})");
    private static final String BROKER_RULE =
            "must be mqtt://host:port, or mqtts:// for TLS; user and password have keys of their own";
    private static final URI NO_BROKER = URI.create("tcp://none:1883");

    private Hosts() {}

    static String host(YamlMap map, String otherwise) {
        String host = map.text("host", otherwise);
        if (!HOST.matcher(host).matches()) {
            map.wrong("host", host, "must be a host name or an address, without a port");
            return otherwise;
        }
        return host;
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.equals("::1")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    static boolean isHostAndPort(String text) {
        Matcher matcher = HOST_AND_PORT.matcher(text);
        if (!matcher.matches()) {
            return false;
        }
        OptionalLong port = Scalars.integer(matcher.group(1));
        return port.isPresent() && port.getAsLong() >= 1 && port.getAsLong() <= 65_535;
    }

    /** Of a broker in Paho's words. */
    static boolean isTls(URI broker) {
        return broker.getScheme().equals("ssl");
    }

    /** The broker in Paho's words: tcp or ssl. Never quotes the value: people put passwords in. */
    static URI broker(YamlMap map) {
        Optional<YamlMap.Text> text = map.required("broker", BROKER_RULE);
        if (text.isEmpty()) {
            return NO_BROKER;
        }
        Matcher matcher =
                Pattern.compile("(mqtt|tcp|mqtts|ssl)://([^/@]+?)/?").matcher(text.get().value());
        if (!matcher.matches() || !isHostAndPort(matcher.group(2))) {
            map.mistake("broker", BROKER_RULE);
            return NO_BROKER;
        }
        boolean plain = matcher.group(1).equals("mqtt") || matcher.group(1).equals("tcp");
        try {
            return new URI((plain ? "tcp://" : "ssl://") + matcher.group(2));
        } catch (URISyntaxException e) {
            map.mistake("broker", BROKER_RULE);
            return NO_BROKER;
        }
    }
}
