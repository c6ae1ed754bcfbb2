/**
 * Every shape that crosses a file or process boundary, as records: config documents, what control
 * and edge tell each other, what people are shown. No behaviour beyond field validation; nothing
 * from the engine, Git, HTTP or a database may enter.
 */
@NullMarked
package dev.berth.schemas;

import org.jspecify.annotations.NullMarked;
