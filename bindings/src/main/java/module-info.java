/** What jextract wrote, and nothing by hand. Only the runtime may read it. */
module io.chagres.bindings {
    requires transitive io.chagres.natives;

    exports io.chagres.bindings.openblas to io.chagres.runtime;
    exports io.chagres.bindings.lapack to io.chagres.runtime;
    exports io.chagres.bindings.onednn to io.chagres.runtime;
}
