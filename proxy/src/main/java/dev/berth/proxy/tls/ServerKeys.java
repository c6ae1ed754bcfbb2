package dev.berth.proxy.tls;

import java.net.Socket;
import java.security.Principal;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/** Keys of a server whose TLS goes through engines: what only clients or sockets ask is nothing. */
public interface ServerKeys extends X509KeyManager {
    @Override
    default String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    default @Nullable String chooseClientAlias(
            String[] keyTypes, Principal[] issuers, Socket socket) {
        return null;
    }

    @Override
    default String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    default @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}
