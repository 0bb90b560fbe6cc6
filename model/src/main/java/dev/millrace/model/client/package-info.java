/** Published models in a service: following them where they are published, swapping them, predicting with them. */
@NullMarked
package dev.millrace.model.client;

import org.jspecify.annotations.NullMarked;
