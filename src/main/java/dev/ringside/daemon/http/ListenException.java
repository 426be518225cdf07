package dev.ringside.daemon.http;

import java.io.IOException;

/** The address can't be listened on. The message names it, the reason and the remedy. */
public final class ListenException extends IOException {

    private static final long serialVersionUID = 1;

    private ListenException(String message, Throwable cause) {
        super(message, cause);
    }

    static ListenException of(String host, int port, Throwable cause) {
        String said = String.valueOf(cause.getMessage());
        String other = "choose another with --set http.port=…, or 0 for a free one";
        String what = "cannot listen: address=" + authority(host, port) + ", reason=";
        if (said.contains("Address already in use")) {
            return new ListenException(what + "address in use; " + other, cause);
        }
        if (said.contains("Permission denied")) {
            return new ListenException(what + "ports below 1024 need CAP_NET_BIND_SERVICE; " + other, cause);
        }
        return new ListenException(what + said + "; set http.host to an address of this machine", cause);
    }

    /** {@code 127.0.0.1:9770}, {@code [::1]:9770}. */
    static String authority(String host, int port) {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
