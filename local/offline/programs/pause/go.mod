module observability-stack/pause

go 1.21
