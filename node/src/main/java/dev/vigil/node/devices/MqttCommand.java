package dev.vigil.node.devices;

import dev.vigil.forward.Paho;
import dev.vigil.forward.TlsFault;
import dev.vigil.node.site.SiteConfig;
import dev.vigil.node.watch.OutputFault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.jspecify.annotations.Nullable;

/**
 * A device that is told over MQTT: one retained message each time it is to change, so that one that
 * was away hears the latest. Owned by one thread.
 *
 * <p>What it is to be when the node is gone, by a crash or because its link is cut, is the will
 * that the broker has from the start: nobody else is there to say it.
 */
final class MqttCommand implements SlowOutput {
    static final Duration RETRY = Duration.ofSeconds(2);

    /** The broker has taken a message when its PUBACK is there. */
    private static final long ANSWER_MILLIS = 10_000;

    private final String id;
    private final SiteConfig.Actuator.Mqtt settings;
    private final LongSupplier nanoTime;
    private @Nullable MqttAsyncClient client;
    private @Nullable Wanted told;
    private long connectAt;
    private String lastFault = "";

    /**
     * Connects at the first word.
     *
     * @param nanoTime {@link System#nanoTime}
     */
    MqttCommand(String id, SiteConfig.Actuator.Mqtt settings, LongSupplier nanoTime) {
        this.id = id;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.connectAt = nanoTime.getAsLong();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public void keep(Wanted wanted, String why) throws OutputFault {
        try {
            MqttAsyncClient connected = connected();
            if (wanted != Wanted.READY && wanted != told) {
                IMqttToken sent =
                        connected.publish(
                                settings.topic(),
                                message(wanted == Wanted.ON ? settings.on() : settings.off()));
                sent.waitForCompletion(ANSWER_MILLIS);
                told = wanted;
            }
        } catch (MqttException e) {
            hangUp(false);
            throw fault(Paho.describe(e), e);
        } catch (TlsFault e) {
            throw fault(String.valueOf(e.getMessage()), e);
        }
    }

    /** With DISCONNECT, so that the broker keeps the will to itself. */
    @Override
    public void close() {
        hangUp(true);
    }

    private MqttAsyncClient connected() throws MqttException, TlsFault, OutputFault {
        MqttAsyncClient open = client;
        if (open != null && open.isConnected()) {
            return open;
        }
        hangUp(false);
        long now = nanoTime.getAsLong();
        if (now - connectAt < 0) {
            throw new OutputFault(lastFault);
        }
        connectAt = now + RETRY.toNanos();
        open =
                new MqttAsyncClient(
                        Paho.serverUri(settings.broker().toString()),
                        settings.clientId(),
                        new MemoryPersistence());
        client = open;
        open.connect(options()).waitForCompletion(ANSWER_MILLIS);
        return open;
    }

    private MqttConnectionOptions options() throws TlsFault {
        MqttConnectionOptions options = Paho.options(settings.userName(), settings.password());
        options.setCleanStart(true);
        if (settings.broker().getScheme().equals("ssl")) {
            options.setSocketFactory(settings.tls().context().getSocketFactory());
        }
        settings.gone().ifPresent(gone -> options.setWill(settings.topic(), message(gone)));
        return options;
    }

    private static MqttMessage message(String text) {
        MqttMessage message = new MqttMessage(text.getBytes(StandardCharsets.UTF_8));
        message.setQos(1);
        message.setRetained(true);
        return message;
    }

    private void hangUp(boolean politely) {
        MqttAsyncClient ended = client;
        client = null;
        told = null;
        if (ended != null) {
            Paho.end(ended, politely);
        }
    }

    private OutputFault fault(String what, Exception cause) {
        lastFault =
                "output %s: %s at %s can't be told: %s"
                        .formatted(id, settings.topic(), settings.broker(), what);
        return new OutputFault(lastFault, cause);
    }
}
