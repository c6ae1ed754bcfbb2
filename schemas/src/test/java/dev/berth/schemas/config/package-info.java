@NullMarked
package dev.berth.schemas.config;

import org.jspecify.annotations.NullMarked;
