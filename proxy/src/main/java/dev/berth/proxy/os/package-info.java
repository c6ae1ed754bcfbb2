/** What is asked of the system because neither the JDK nor Netty asks it. */
@NullMarked
package dev.berth.proxy.os;

import org.jspecify.annotations.NullMarked;
