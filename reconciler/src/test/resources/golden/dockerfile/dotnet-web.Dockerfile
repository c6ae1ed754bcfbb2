# ASP.NET Core, packages by NuGet.
# Written by Berth. Commit it as Dockerfile to change it: yours wins.
FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build
WORKDIR /app
COPY Shop.csproj ./
RUN --mount=type=cache,id=berth/shop/nuget,target=/root/.nuget/packages,sharing=shared dotnet restore 'Shop.csproj'
COPY . ./
RUN --mount=type=cache,id=berth/shop/nuget,target=/root/.nuget/packages,sharing=shared dotnet publish 'Shop.csproj' --configuration Release --output /out

FROM mcr.microsoft.com/dotnet/aspnet:9.0
WORKDIR /app
RUN chown -R 1000:1000 /app
COPY --from=build --chown=1000:1000 /out /app
ENV DOTNET_EnableDiagnostics=0 HOME=/tmp PORT=8080
USER 1000:1000
EXPOSE 8080
ENTRYPOINT []
CMD ["/bin/sh", "-c", "ASPNETCORE_HTTP_PORTS=$PORT exec dotnet 'Shop.dll'"]
