package dev.berth.proxy.tls;

import java.net.Socket;
import java.security.Principal;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Keys of a server whose TLS goes through engines: what only clients or sockets ask is nothing. */
public abstract class ServerKeys extends X509ExtendedKeyManager {
    @Override
    public final String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public final @Nullable String chooseClientAlias(
            String[] keyTypes, Principal[] issuers, Socket socket) {
        return null;
    }

    @Override
    public final String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public final @Nullable String chooseServerAlias(
            String keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}
