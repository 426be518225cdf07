/** What this kernel, these privileges and these mounts allow: asked, not inferred from a version number. */
package dev.ringside.kernel;
