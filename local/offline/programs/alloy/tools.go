package alloycli

import "github.com/spf13/cobra"

// toolsCommand stands for Alloy's, whose tools are those of a component that is not built in.
func toolsCommand() *cobra.Command {
	return &cobra.Command{Use: "tools", Hidden: true}
}
