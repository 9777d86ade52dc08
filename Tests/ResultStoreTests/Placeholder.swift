import Testing
@Test func ResultStoreTestsPlaceholder() {}
