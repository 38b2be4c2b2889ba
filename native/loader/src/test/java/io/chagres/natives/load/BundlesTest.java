package io.chagres.natives.load;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.natives.NativeBundle;
import io.chagres.natives.NativeLoadException;
import java.util.List;
import java.util.ServiceConfigurationError;
import org.junit.jupiter.api.Test;

class BundlesTest {
    private static final NativeBundle ELSEWHERE = () -> "macosx-arm64";

    @Test
    void thatOfThePlatformIsTaken() {
        var bundle = MemoryBundle.sample();
        assertSame(bundle, Bundles.find(Manifest.of(Platform.LINUX_X86_64), List.of(ELSEWHERE, bundle)));
    }

    @Test
    void withNoneForThePlatformTheOthersAreNamed() {
        var failure = assertThrows(NativeLoadException.class,
                () -> Bundles.find(Manifest.of(Platform.LINUX_ARM64), List.of(ELSEWHERE)));
        assertTrue(failure.getMessage().contains("only for [macosx-arm64]"), failure.getMessage());
        assertTrue(failure.getMessage().contains("io.chagres:chagres-native-linux-arm64"), failure.getMessage());
        assertTrue(failure.getMessage().contains("libopenblas.so.0 and libdnnl.so.3"), failure.getMessage());
    }

    @Test
    void aServiceThatCannotBeMadeIsExplained() {
        var failure = assertThrows(NativeLoadException.class,
                () -> Bundles.find(Manifest.of(Platform.LINUX_X86_64), () -> {
                    throw new ServiceConfigurationError("provider x.Y not found");
                }));
        assertTrue(failure.getMessage().contains("provider x.Y not found"), failure.getMessage());
    }
}
