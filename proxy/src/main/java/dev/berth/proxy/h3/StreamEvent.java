package dev.berth.proxy.h3;

/** What happens to a stream as a whole; passed on in its pipeline. */
enum StreamEvent {
    /** The client has sent all of its request. */
    Ended,
    /** A frame has begun that moves no request. */
    Other,
    /** The client has ended in the middle of a frame. */
    Truncated,
    /** The client wants no more of the answer. */
    Stopped,
    /** All that was waited for is out: more of the answer may be written. */
    Taken
}
