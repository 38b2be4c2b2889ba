package io.chagres.natives.load;

import io.chagres.natives.NativeLoadException;

/** Loads the libraries as a Chagres would whose bindings need a newer oneDNN; ends with 3 if it is told so. */
final class NewerProbe {
    private NewerProbe() {
    }

    public static void main(String[] args) {
        var loading = Loading.intoThisJvm();
        try {
            new Loading(loading.settings(), loading.manifest(), loading.bundles(),
                    new Expected(loading.expected().openblas(), new Version(3, 14, 0))).run();
        } catch (NativeLoadException e) {
            System.out.println(e.getMessage());
            System.exit(3);
        }
    }
}
