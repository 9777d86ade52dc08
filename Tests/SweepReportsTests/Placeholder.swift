import Testing
@Test func SweepReportsTestsPlaceholder() {}
