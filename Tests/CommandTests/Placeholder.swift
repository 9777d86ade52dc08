import Testing
@Test func CommandTestsPlaceholder() {}
