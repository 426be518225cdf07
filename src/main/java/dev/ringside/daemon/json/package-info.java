/** Large JSON documents of which little matters, read token by token. */
package dev.ringside.daemon.json;
