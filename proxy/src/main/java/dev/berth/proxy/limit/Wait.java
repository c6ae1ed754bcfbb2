package dev.berth.proxy.limit;

/** What a connection may be waiting for. */
public enum Wait {
    /** The first byte of a request on a connection that has nothing to do. */
    NextRequest,
    /** The rest of a request head. */
    RequestHead,
    /** More of a request body. */
    RequestBody,
    /** A backend to take the request body. */
    BackendTakesBody,
    /** A backend's response head, once it has the whole request. */
    ResponseHead,
    /** More of a response body. */
    ResponseBody,
    /** The client to take what is written. */
    ClientTakesBody,
    /** Any byte on an upgraded connection. */
    Tunnel,
    /** The client to close its side after an answer that ended the connection. */
    ClientClose
}
