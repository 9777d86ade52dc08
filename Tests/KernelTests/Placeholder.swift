import Testing
@Test func KernelTestsPlaceholder() {}
