/** The JSON API below {@code /api/v1}, one class a noun. Reading only. */
@NullMarked
package dev.berth.webapp.api;

import org.jspecify.annotations.NullMarked;
