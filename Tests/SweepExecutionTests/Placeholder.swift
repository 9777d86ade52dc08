import Testing
@Test func SweepExecutionTestsPlaceholder() {}
