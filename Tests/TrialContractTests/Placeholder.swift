import Testing
@Test func TrialContractTestsPlaceholder() {}
