/** The pages: plain HTML from the server, which a script keeps fresh. */
@NullMarked
package dev.berth.webapp.page;

import org.jspecify.annotations.NullMarked;
