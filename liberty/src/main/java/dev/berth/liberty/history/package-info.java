/** Opens the history's database: its schema and its persistence unit. */
@NullMarked
package dev.berth.liberty.history;

import org.jspecify.annotations.NullMarked;
