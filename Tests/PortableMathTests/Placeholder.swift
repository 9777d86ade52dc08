import Testing
@Test func PortableMathTestsPlaceholder() {}
