/** The pages, rendered without a server. */
@NullMarked
package dev.berth.webapp.page;

import org.jspecify.annotations.NullMarked;
